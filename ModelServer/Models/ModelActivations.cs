using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace ModelServer.Models;

/// <summary>Remembers, on this replica, which versions were chosen to be active and which were active before them; written to <see cref="ModelsOptions.StateFile"/> if one is set.</summary>
internal sealed partial class ModelActivations
{
    private readonly Lock _gate = new();
    private readonly string? _path;
    private readonly ILogger _logger;

    public ModelActivations(IOptions<ModelsOptions> options, IHostEnvironment environment, ILogger<ModelActivations> logger)
    {
        _logger = logger;
        _path = options.Value.StateFile is { } file ? Path.GetFullPath(file, environment.ContentRootPath) : null;
        All = Read();
    }

    /// <summary>By model name.</summary>
    public ImmutableDictionary<string, ModelActivation> All { get; private set; }

    public ModelActivation Of(string name) => All.GetValueOrDefault(name, new(null, null));

    public void Set(string name, ModelActivation activation)
    {
        lock (_gate)
        {
            if (Of(name) == activation) return;
            All = All.SetItem(name, activation);
            Write();
        }
    }

    private ImmutableDictionary<string, ModelActivation> Read()
    {
        if (_path is null || !File.Exists(_path)) return ImmutableDictionary<string, ModelActivation>.Empty;
        try
        {
            using var file = File.OpenRead(_path);
            var saved = JsonSerializer.Deserialize(file, ModelActivationsJson.Default.DictionaryStringModelActivation) ?? [];
            return saved.Where(a => a.Value is not null).ToImmutableDictionary();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // Which version answers then follows the default rule; refusing to start would be worse.
            LogUnreadable(_path, e);
            return ImmutableDictionary<string, ModelActivation>.Empty;
        }
    }

    private void Write()
    {
        if (_path is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            var written = _path + ".new";
            File.WriteAllBytes(written, JsonSerializer.SerializeToUtf8Bytes(new(All), ModelActivationsJson.Default.DictionaryStringModelActivation));
            // A rename is whole or not at all: a crash leaves the old file or the new one.
            File.Move(written, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnwritable(_path, e);
        }
    }

    [LoggerMessage(EventId = 1300, Level = LogLevel.Error, Message = "The active versions in {File} cannot be read; the highest versions are active")]
    private partial void LogUnreadable(string file, Exception exception);

    [LoggerMessage(EventId = 1301, Level = LogLevel.Error, Message = "The active versions cannot be written to {File}; a restart will forget them")]
    private partial void LogUnwritable(string file, Exception exception);
}

/// <param name="Active">The version chosen; null when the highest is to be active.</param>
/// <param name="Previous">The version that was active before; where a rollback leads.</param>
internal sealed record ModelActivation(string? Active, string? Previous);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, ModelActivation>))]
internal sealed partial class ModelActivationsJson : JsonSerializerContext;
