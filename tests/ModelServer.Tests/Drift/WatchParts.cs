using ModelServer.Admission;
using ModelServer.Classify;
using ModelServer.Drift;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Runtime;
using ModelServer.Tests.Encoders;
using ServiceDefaults.Drift;
using ServiceDefaults.Statistics;

namespace ModelServer.Tests.Drift;

/// <summary>A small classifier without an engine, and what watches it.</summary>
internal static class WatchParts
{
    public static readonly DriftSettings Settings = new(Window: 50, BaselineSize: 100, MinSamples: 20, LookEvery: 10, Alpha: 0.01, Horizon: 1_000, Correction.Holm);

    public static readonly string[] Features = ["length", "unknown_share", "confidence"];

    public static ClassificationModel Model(string small = "tiny-multilabel")
    {
        var source = ModelSource.Read(new ModelFolder(SmallModels.Root, small, "1"));
        var queue = BatchQueues.Queue(new InferenceOptions(), TimeProvider.System);
        return new(source, new EncoderEngine(new AdmissionGate(100, 10_000, TimeProvider.System), queue, loop: null) { Width = source.Labels.Length });
    }

    public static ModelVersion Version(string name = "tiny", string version = "1") => new(name, version, DateTimeOffset.UnixEpoch);

    public static VersionWatch Watch() => new(Version(), Model(), Features, Settings);

    public static void Add(this VersionWatch watch, int count, float length)
    {
        for (var i = 0; i < count; i++) watch.Add(i, [length + (i % 10), 0, 0.5f + (i % 7 / 20f)], i % 2);
    }
}
