@echo off
rem Builds and runs the whole platform until Ctrl+C; takes the options of ./start.
setlocal
if "%ASPNETCORE_ENVIRONMENT%"=="" set ASPNETCORE_ENVIRONMENT=Development
if "%DOTNET_ENVIRONMENT%"=="" set DOTNET_ENVIRONMENT=Development
dotnet run --project "%~dp0AppHost" --no-launch-profile -- %*
