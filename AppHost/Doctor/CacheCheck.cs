using AppHost.Cache;

namespace AppHost.Doctor;

/// <summary>Where Redis would come from.</summary>
internal static class CacheCheck
{
    private const string Name = "Redis";

    /// <summary>The container engine that would run it, if one answers; nothing is fetched.</summary>
    public static EngineState Engine()
    {
        var installed = ContainerEngine.Installed().ToArray();
        return new(Array.Find(installed, engine => engine.Answers())?.Name, [.. installed.Select(engine => engine.Name)]);
    }

    /// <param name="kind">Of <c>--cache</c>.</param>
    public static DoctorResult Of(string kind, EngineState engine, bool hasRedis)
    {
        var silent = engine.Installed.Length == 0 ? "no container engine is installed" : $"{string.Join(" and ", engine.Installed)} is installed, but does not answer or is too old (Podman: 5 or later)";
        return kind switch
        {
            "none" => DoctorResult.Warn(Name, "--cache none: no API keys, and each gateway counts limits alone.", "start with --cache auto"),
            "garnet" => DoctorResult.Ok(Name, "Garnet, which comes with the platform"),
            "process" when hasRedis => DoctorResult.Ok(Name, "redis-server of the PATH"),
            "process" => DoctorResult.Fail(Name, "--cache process: there is no redis-server on the PATH.", "install redis-server, or start with --cache garnet"),
            "container" when engine.Answering is { } name => DoctorResult.Ok(Name, $"a container of {name}"),
            "container" => DoctorResult.Fail(Name, $"--cache container: {silent}.", "start the engine, or start with --cache garnet"),
            _ when engine.Answering is { } name => DoctorResult.Ok(Name, $"a container of {name} if it has or can fetch the image, else {(hasRedis ? "redis-server" : "Garnet")}"),
            _ => DoctorResult.Ok(Name, $"{(hasRedis ? "redis-server of the PATH" : "Garnet, which comes with the platform")} ({silent})"),
        };
    }
}

/// <param name="Answering">The engine that answers.</param>
/// <param name="Installed">Those whose client is on the PATH.</param>
internal sealed record EngineState(string? Answering, string[] Installed);
