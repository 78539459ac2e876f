-- Ends the open links of a user: see `passwordLinks` in schema.ts. `npm run generate` puts this file into schema.sql, and a
-- migration has it too. A login that renews the hash of the same password ends nothing, so the hash itself is not compared.
CREATE FUNCTION end_password_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE password_links SET ended_at = now() WHERE user_id = NEW.id AND ended_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER users_end_password_links AFTER UPDATE ON users FOR EACH ROW
WHEN (
  OLD.password_set_at IS DISTINCT FROM NEW.password_set_at
  OR OLD.active AND NOT NEW.active
  OR OLD.user_name IS DISTINCT FROM NEW.user_name
  OR OLD.email IS DISTINCT FROM NEW.email
  OR OLD.email_confirmed AND NOT NEW.email_confirmed
)
EXECUTE FUNCTION end_password_links();
