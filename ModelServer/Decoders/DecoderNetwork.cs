using Microsoft.ML.OnnxRuntime;
using ModelServer.ModelFiles;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Decoders;

/// <summary>One loaded decoder graph; any number of <see cref="DecoderSession"/>s run it at the same time.</summary>
internal sealed class DecoderNetwork : IDisposable
{
    /// <param name="path">The ONNX file.</param>
    /// <param name="options">Of the session.</param>
    /// <param name="told">What <c>genai_config.json</c> tells of the graph; null where there is none.</param>
    /// <exception cref="ModelLoadException">The graph is not one this server can run.</exception>
    public DecoderNetwork(string path, SessionOptions options, GenAiConfig? told = null)
    {
        var nodes = GraphNodes.Read(path);
        Session = Open(path, options);
        try
        {
            Graph = new DecoderGraph(Session.InputMetadata, Session.OutputMetadata, nodes, told);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public InferenceSession Session { get; }

    public DecoderGraph Graph { get; }

    public void Dispose() => Session.Dispose();

    private static InferenceSession Open(string path, SessionOptions options)
    {
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelLoadException($"{Path.GetFileName(path)} is not a graph that the engine can load.", e);
        }
    }
}
