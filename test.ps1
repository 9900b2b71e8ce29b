# Builds everything, checks the format, runs every test; the last line is `N passed, N failed, N skipped`.
param([string]$Filter)
Set-Location $PSScriptRoot
# `test reliability` instead: faults while a load is held, and a soak; on Linux alone, which it says.
if ($Filter -ceq 'reliability') {
  dotnet run --project tests/Reliability -c Release -v q -- @args
  exit $LASTEXITCODE
}
$results = Join-Path ([System.IO.Path]::GetTempPath()) ([System.Guid]::NewGuid())
if (Get-Command node -ErrorAction SilentlyContinue) { node tests/install-npm }
else {
  'There is no node: tests that drive npm packages will be skipped, those in'
  Get-ChildItem tests -Recurse -Filter package-lock.json | Where-Object FullName -NotMatch node_modules | ForEach-Object DirectoryName
}
# The .NET tools that make clients of the API document, and what those clients use.
Push-Location tests/AppHost.Tests/Docs/dotnet
dotnet tool restore -v q | Out-Null
$restored = $LASTEXITCODE -eq 0
dotnet restore GeneratedClients.csproj -v q --nologo
if ($restored -and $LASTEXITCODE -eq 0) { New-Item -ItemType File -Force obj/installed | Out-Null }
Pop-Location
$status = 0
dotnet build Platform.sln -c Release -v q --nologo
if ($LASTEXITCODE -ne 0) { exit 1 }
if (-not $Filter) {
  # The third part, analyzers, has run in the build.
  foreach ($part in 'whitespace', 'style') {
    dotnet format $part Platform.sln --no-restore --verify-no-changes
    if ($LASTEXITCODE -ne 0) { $status = 1 }
  }
}
$arguments = @('test', 'Platform.sln', '-c', 'Release', '--no-build', '--nologo', '-m:1', '--logger', 'trx', '--results-directory', $results)
if ($Filter) { $arguments += @('--filter', "FullyQualifiedName~$Filter") }
dotnet @arguments
if ($LASTEXITCODE -ne 0) { $status = 1 }
$total = 0; $executed = 0; $passed = 0
Get-ChildItem $results -Filter *.trx | ForEach-Object {
  $counters = ([xml](Get-Content $_.FullName)).TestRun.ResultSummary.Counters
  $total += [int]$counters.total; $executed += [int]$counters.executed; $passed += [int]$counters.passed
}
Remove-Item $results -Recurse -Force
if ($passed -eq 0) { $status = 1 }
"$passed passed, $($executed - $passed) failed, $($total - $executed) skipped"
exit $status
