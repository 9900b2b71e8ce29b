@echo off
rem Publishes the services for deployment and tells how large they are; publish.cmd --help lists the options.
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
set DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=1
dotnet run --project "%~dp0eng\Publishing" -v q -- %*
