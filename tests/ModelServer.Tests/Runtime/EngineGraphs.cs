using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Tests.Runtime;

/// <summary>Graphs of one or two operators that <c>fixtures/make_engine_graphs.py</c> makes.</summary>
internal static class EngineGraphs
{
    public static string Path(string name) => System.IO.Path.Combine(Folder(), name + ".onnx");

    public static InferenceSession Open(string name)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        return new InferenceSession(Path(name), options);
    }

    private static string Folder([CallerFilePath] string file = "") => System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "..", "fixtures", "engine"));
}
