@echo off
rem What is done with models from a terminal; takes the commands and options of ./model.
if not exist "%~dp0AppHost\bin\Release\net10.0\AppHost.dll" dotnet build "%~dp0AppHost" -c Release -v q --nologo 1>&2
dotnet "%~dp0AppHost\bin\Release\net10.0\AppHost.dll" model %*
