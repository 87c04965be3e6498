-- The lowest schema that a program must know to work with this one: see Schema.java.
create table offsite_compatible (
    least integer not null
);
insert into offsite_compatible values (1);

-- seen: its last heartbeat. left_at: when it stopped, or was taken for dead. session: the end of the
-- application_name of all connections of its process, under all names that the node ever had.
create table offsite_node (
    id text primary key,
    session text not null,
    host text not null,
    process bigint not null,
    version text not null,
    started timestamptz not null default clock_timestamp(),
    seen timestamptz not null default clock_timestamp(),
    left_at timestamptz
);

create table offsite_claim (
    key text collate "C" primary key,
    node text not null references offsite_node
);

create table offsite_text (
    name text collate "C",
    part bigint generated always as identity,
    text text not null,
    primary key (name, part)
);

create table offsite_ledger (
    map text collate "C",
    key text collate "C",
    value text not null,
    primary key (map, key)
);

-- Transactions that are done: one whose answer was lost on the way is not run again.
create table offsite_done (
    token uuid primary key,
    at timestamptz not null default clock_timestamp()
);

-- How often entries of a map were removed or changed, for the maps that have a row: nodes keep in memory what they have
-- read, until this number is another one.
create table offsite_change (
    map text primary key,
    number bigint not null
);
insert into offsite_change values ('copies', 0);
