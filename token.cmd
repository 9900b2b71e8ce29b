@echo off
rem Prints a JWT that the platform on this machine accepts; takes the options of ./token.
if not exist "%~dp0AppHost\bin\Release\net10.0\AppHost.dll" dotnet build "%~dp0AppHost" -c Release -v q --nologo 1>&2
dotnet "%~dp0AppHost\bin\Release\net10.0\AppHost.dll" token %*
