# Signs the four programs of the bundle. NOT RUN YET: no such machine and no such certificate was there.
#
#   $env:TEXTCRAFT_SIGN_THUMBPRINT = "…"; $env:TEXTCRAFT_TIMESTAMP_URL = "…"; powershell -File build/windows/sign.ps1
#
# Both come from the environment alone: which certificate of the user's store signs, and the time-stamp server of whoever
# issued it. No password passes through this file.
param([string]$Folder = (Join-Path $PSScriptRoot "../../dist/textcraft"))
$ErrorActionPreference = "Stop"
foreach ($name in "TEXTCRAFT_SIGN_THUMBPRINT", "TEXTCRAFT_TIMESTAMP_URL") {
    if (-not [Environment]::GetEnvironmentVariable($name)) { throw "$name is not set" }
}
$programs = Get-ChildItem -Path $Folder -Filter "textcraft*.exe"
if ($programs.Count -ne 4) { throw "four programs were expected in $Folder, there are $($programs.Count)" }
foreach ($program in $programs) {
    signtool sign /sha1 $env:TEXTCRAFT_SIGN_THUMBPRINT /fd SHA256 /td SHA256 /tr $env:TEXTCRAFT_TIMESTAMP_URL $program.FullName
    if ($LASTEXITCODE -ne 0) { throw "signtool failed for $($program.Name)" }
    signtool verify /pa /all $program.FullName
    if ($LASTEXITCODE -ne 0) { throw "the signature of $($program.Name) is not valid" }
}
