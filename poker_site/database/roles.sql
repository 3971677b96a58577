-- The database `poker`, its owner `poker` and the site's role `poker_site`.
--
-- For psql, as superuser; it may be run again, and sets the passwords anew. They come from the
-- environment: DATABASE_OWNER_PASSWORD and DATABASE_PASSWORD.
\set ON_ERROR_STOP on
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv site_password DATABASE_PASSWORD

SELECT to_regrole('poker') IS NULL AS no_owner,
       to_regrole('poker_site') IS NULL AS no_site,
       NOT EXISTS (SELECT FROM pg_database WHERE datname = 'poker') AS no_database
\gset

\if :no_owner
CREATE ROLE poker;
\endif
\if :no_site
CREATE ROLE poker_site;
\endif
ALTER ROLE poker LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE poker_site LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'site_password';

\if :no_database
CREATE DATABASE poker OWNER poker;
\else
ALTER DATABASE poker OWNER TO poker;
\endif
-- No temporary tables, and no other role's visits.
REVOKE ALL ON DATABASE poker FROM PUBLIC;
GRANT CONNECT ON DATABASE poker TO poker_site;
