"""Let entries be written only at the end of their chain, and let none be changed or removed."""

from django.db import migrations

SQLITE = [
    """
    CREATE TRIGGER audit_entry_follows BEFORE INSERT ON audit_entry
    WHEN NOT EXISTS (
        SELECT 1 FROM audit_chain
        WHERE id = NEW.chain_id AND length = NEW.number - 1 AND head = NEW.previous
    )
    BEGIN SELECT RAISE(ABORT, 'an audit entry must follow the last one'); END
    """,
    """
    CREATE TRIGGER audit_entry_moves_head AFTER INSERT ON audit_entry
    BEGIN
        UPDATE audit_chain SET length = NEW.number, head = NEW.hash WHERE id = NEW.chain_id;
    END
    """,
    """
    CREATE TRIGGER audit_chain_follows BEFORE UPDATE ON audit_chain
    WHEN NOT EXISTS (
        SELECT 1 FROM audit_entry
        WHERE chain_id = NEW.id AND number = NEW.length AND hash = NEW.head
    )
    BEGIN SELECT RAISE(ABORT, 'an audit chain ends with its last entry'); END
    """,
    """
    CREATE TRIGGER audit_entry_stays BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
    """,
    """
    CREATE TRIGGER audit_entry_remains BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END
    """,
]

POSTGRESQL = [
    """
    CREATE FUNCTION audit_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM audit_chain
        WHERE id = NEW.chain_id AND length = NEW.number - 1 AND head = NEW.previous FOR UPDATE;
        IF NOT FOUND THEN RAISE EXCEPTION 'an audit entry must follow the last one'; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION audit_entry_moves_head() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE audit_chain SET length = NEW.number, head = NEW.hash WHERE id = NEW.chain_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION audit_chain_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM audit_entry
        WHERE chain_id = NEW.id AND number = NEW.length AND hash = NEW.head;
        IF NOT FOUND THEN RAISE EXCEPTION 'an audit chain ends with its last entry'; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_moves_head AFTER INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_moves_head()
    """,
    """
    CREATE TRIGGER audit_chain_follows BEFORE UPDATE ON audit_chain
    FOR EACH ROW EXECUTE FUNCTION audit_chain_follows()
    """,
    """
    CREATE TRIGGER audit_entry_follows BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_follows()
    """,
    """
    CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit entries are never changed or removed'; END $$
    """,
    """
    CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_stays()
    """,
]


def guard(apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(guard)]
