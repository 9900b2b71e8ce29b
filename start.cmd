@echo off
rem Builds and runs the whole platform until Ctrl+C; start.cmd --help lists the options.
setlocal
if "%~1"=="--help" (
  type "%~dp0AppHost\Startup\help.txt"
  exit /b 0
)
if "%ASPNETCORE_ENVIRONMENT%"=="" set ASPNETCORE_ENVIRONMENT=Development
if "%DOTNET_ENVIRONMENT%"=="" set DOTNET_ENVIRONMENT=Development
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
set DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=1
set DOTNET_GENERATE_ASPNET_CERTIFICATE=false
if not exist "%~dp0AppHost\obj\project.assets.json" (
  echo Restoring packages ^(about 650 MB, once^) ...
  dotnet restore "%~dp0AppHost" -v q || exit /b 1
)
echo Building ...
dotnet build "%~dp0AppHost" -c Release -v q --nologo "-consoleLoggerParameters:ErrorsOnly;NoSummary" || exit /b 1
dotnet "%~dp0AppHost\bin\Release\net10.0\AppHost.dll" %*
exit /b %ERRORLEVEL%
