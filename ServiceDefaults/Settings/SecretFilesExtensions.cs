using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Settings;

public static class SecretFilesExtensions
{
    /// <summary>Reads settings from the files of the folder <c>Secrets:Folder</c>, as Compose and Kubernetes mount secrets: the name is the setting's with
    /// <c>__</c> for <c>:</c> (<c>ConnectionStrings__cache</c>, <c>Authentication__GatewayKey</c>), the text without its last line end is the value, and it
    /// wins over the environment. Read once, when the service starts. Without the setting, or without the folder, there are none.</summary>
    internal static void AddSecretFiles(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["Secrets:Folder"] is { Length: > 0 } folder) builder.Configuration.AddKeyPerFile(Path.GetFullPath(folder), optional: true, reloadOnChange: false);
    }
}
