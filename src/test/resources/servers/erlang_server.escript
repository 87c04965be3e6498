#!/usr/bin/env escript
%%! -noinput
%% Erlang's SFTP server with its defaults: erlang_server.escript PORT FOLDER. Commands are Erlang expressions.
main([Port, Folder]) ->
    ok = ssh:start(),
    Sftp = ssh_sftpd:subsystem_spec([{cwd, filename:join(Folder, "files")}]),
    Options = [{system_dir, filename:join(Folder, "system")},
               {user_dir, filename:join([Folder, "home", ".ssh"])},
               {auth_methods, "publickey"},
               {subsystems, [Sftp]}],
    {ok, _} = ssh:daemon({127, 0, 0, 1}, list_to_integer(Port), Options),
    timer:sleep(infinity).
