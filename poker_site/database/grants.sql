-- What the site's role (the setting `poker.site_role`) may do with each table; by their owner.
--
-- What a trigger refuses is not granted either, so that the site could not do it even if it could
-- switch the trigger off, which only the owner can. Nothing that tells of money or of the game is
-- deleted. Balances move by the ledger's own triggers, with their owner's rights.
DO $$
DECLARE
  site text := current_setting('poker.site_role');
  on_update int := 16;  -- bits of pg_trigger.tgtype
  found record;
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', site);
  FOR found IN
    SELECT c.relname AS name,
           coalesce(bit_or(g.tgtype) FILTER (WHERE p.proname = 'wallet_refuse'), 0::int2) AS refused
    FROM pg_class c
    LEFT JOIN pg_trigger g ON g.tgrelid = c.oid
    LEFT JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    GROUP BY c.relname
  LOOP
    EXECUTE format('REVOKE ALL ON %I FROM %I', found.name, site);
    EXECUTE format('GRANT SELECT ON %I TO %I', found.name, site);
    CONTINUE WHEN found.name = 'django_migrations';
    EXECUTE format('GRANT INSERT ON %I TO %I', found.name, site);
    CONTINUE WHEN found.name = 'django_admin_log';
    IF found.name = 'wallet_account' THEN
      EXECUTE format('GRANT UPDATE (closed_at) ON wallet_account TO %I', site);
    ELSIF found.refused & on_update = 0 THEN
      EXECUTE format('GRANT UPDATE ON %I TO %I', found.name, site);
    END IF;
    IF found.name = 'wallet_chainblock'
       OR (found.name NOT LIKE 'wallet\_%' AND found.name NOT IN (
         'accounts_user', 'tables_hand', 'tables_handplayer', 'tables_sitting', 'tables_departure',
         'tables_tablesettlement', 'tables_shard')) THEN
      EXECUTE format('GRANT DELETE ON %I TO %I', found.name, site);
    END IF;
  END LOOP;
END $$;
