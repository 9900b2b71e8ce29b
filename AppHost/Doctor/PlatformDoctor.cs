namespace AppHost.Doctor;

/// <summary>Looks at everything that the platform needs on this machine, in the order in which it would be missed.</summary>
internal static class PlatformDoctor
{
    public static async Task<IReadOnlyList<DoctorResult>> ExamineAsync(DoctorScope scope, CancellationToken cancellationToken)
    {
        var results = new List<DoctorResult>();
        var server = await ServerReport.AskAsync(scope.Models, cancellationToken);
        var dotnet = await Tool.AskAsync("dotnet", scope.Root, ["--version"], cancellationToken);
        var gpu = await Tool.AskAsync("nvidia-smi", scope.Root, GpuCheck.Query, cancellationToken);
        var redis = await ClockCheck.RedisSkewAsync(scope.Redis);
        Add(() => [SdkCheck.Of(SdkCheck.Wanted(scope.Root), dotnet)]);
        Add(() => [EngineCheck.Of(server.Report, server.Failure)]);
        Add(() => [CudaCheck.Of(server.Report, scope.WantsCuda)]);
        Add(() => [GpuCheck.Of(gpu, scope.WantsCuda)]);
        Add(() => [CacheCheck.Of(scope.Cache, CacheCheck.Engine(), Cache.RedisProcess.IsInstalled)]);
        Add(() => PortCheck.Of(scope));
        Add(() => ModelsCheck.Of(scope, server.Report));
        Add(() => [MemoryCheck.Of(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, MemoryCheck.HasLimit(), server.Report, scope.Replicas)]);
        Add(() => [CoresCheck.Of(Environment.ProcessorCount, scope.Replicas)]);
        Add(() => DiskCheck.Of([("models folder", scope.Models), ("data folder", scope.DataFolder), ("temporary files", Path.GetTempPath())], DiskCheck.FreeBytes));
        Add(() => [ClockCheck.Of(DateTime.UtcNow, ClockCheck.FileTime(), File.GetLastWriteTimeUtc(typeof(PlatformDoctor).Assembly.Location), redis)]);
        Add(() => [SecretsCheck.Of(SecretsCheck.File())]);
        Add(() => [FilesCheck.Of(FilesCheck.OpenFiles(), scope.Replicas)]);
        Add(() => [WatchCheck.Of(WatchCheck.Try(Path.GetTempPath()))]);
        return results;

        void Add(Func<IEnumerable<DoctorResult>> check)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results.AddRange(Guarded(check));
        }
    }

    /// <summary>A check that stumbles over the machine says so, and the others go on.</summary>
    internal static IReadOnlyList<DoctorResult> Guarded(Func<IEnumerable<DoctorResult>> check)
    {
        try
        {
            return [.. check()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException or NotSupportedException or ArgumentException or System.Text.Json.JsonException)
        {
            return [DoctorResult.Warn("check", $"One check could not be made: {e.Message}")];
        }
    }
}
