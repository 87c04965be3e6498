-- How much of each bandwidth limit is used, as bucket4j keeps it.
create table offsite_bucket (
    name text collate "C" primary key,
    state bytea
);

-- Connections that nodes may have to a server: slots 1 to max-connections.
create table offsite_lease (
    server text collate "C",
    slot integer,
    node text not null references offsite_node on delete cascade,
    primary key (server, slot)
);

-- Nodes that wait for their first connection, in turn. One that has not asked for some seconds waits no more.
create table offsite_lease_wait (
    server text collate "C",
    node text references offsite_node on delete cascade,
    since timestamptz not null default clock_timestamp(),
    asked timestamptz not null default clock_timestamp(),
    primary key (server, node)
);
