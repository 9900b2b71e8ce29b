using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting;

/// <summary>The .NET user secrets file of the AppHost. Written by renaming over it, readable by its owner alone.</summary>
internal sealed class UserSecrets(string path)
{
    private static readonly Lock Gate = new();
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static UserSecrets? Of(Assembly? assembly) => assembly?.GetCustomAttribute<UserSecretsIdAttribute>() is { } id
        ? new(PathHelper.GetSecretsPathFromSecretsId(id.UserSecretsId))
        : null;

    public void Set(string key, string value)
    {
        lock (Gate)
        {
            var folder = Path.GetDirectoryName(path)!;
            Directory.CreateDirectory(folder);
            var secrets = File.Exists(path) && JsonNode.Parse(File.ReadAllText(path), null, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) is JsonObject existing ? existing : [];
            RemoveNested(secrets, key);
            secrets[key] = value;

            var temporary = Path.Combine(folder, $".secrets.{Environment.ProcessId}.tmp");
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var writer = new StreamWriter(temporary, options)) writer.Write(secrets.ToJsonString(Indented));
            File.Move(temporary, path, overwrite: true);
        }
    }

    /// <summary>The file may hold the key as nested objects, which configuration would read as the same key twice.</summary>
    private static void RemoveNested(JsonObject secrets, string key)
    {
        var parts = key.Split(':', 2);
        if (parts.Length == 2 && secrets[parts[0]] is JsonObject section)
        {
            section.Remove(parts[1]);
            if (section.Count == 0) secrets.Remove(parts[0]);
        }
    }
}
