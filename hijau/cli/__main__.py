from hijau.cli import main

main()
