using Microsoft.ML.OnnxRuntime;
using Testing;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Tests.Runtime;

/// <summary>What this server relies on in the engine's sessions.</summary>
public class EngineSessionTests
{
    /// <summary>So that a wrong key is a fault that only we can find.</summary>
    [Fact]
    public void Session_WithAnUnknownOption_TakesItSilently()
    {
        using var options = new SessionOptions();
        options.AddSessionConfigEntry("session.no_such_option", "1");

        using var session = new InferenceSession(EngineGraphs.Path("add"), options);

        Assert.Equal(["x"], session.InputNames);
    }

    [Fact]
    public void Metadata_OfSymbolicDimensions_HasThemNegativeAndFixedOnesAsTheyAre()
    {
        using var session = EngineGraphs.Open("dense");

        Assert.Equal([-1, -1, 16], session.InputMetadata["x"].Dimensions);
        Assert.Equal([-1, -1, 8], session.OutputMetadata["y"].Dimensions);
    }

    [Fact]
    public void Session_OfWhatIsNoGraph_IsRefusedAsOnnxRuntimeException()
    {
        Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(EngineGraphs.Path("no-such")));
        Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(new byte[] { 1, 2, 3 }));
    }

    /// <summary>The engine lists what it was built for, not what this machine has: only a session proves a device.</summary>
    [NeedsFact(Need.NoGpu)]
    public void Providers_WithoutAGpu_ListCudaAllTheSame()
    {
        Assert.Contains("CUDAExecutionProvider", OrtEnv.Instance().GetAvailableProviders());
        using var options = new SessionOptions();
        Assert.Throws<OnnxRuntimeException>(() => options.AppendExecutionProvider_CUDA());
    }

    [Fact]
    public void Dispose_Twice_IsHarmless()
    {
        var session = EngineGraphs.Open("add");
        var (binding, options, value) = (session.CreateIoBinding(), new RunOptions(), OrtValue.CreateTensorValueFromMemory(new float[3], [1, 3]));
        foreach (var disposable in new IDisposable[] { binding, binding, options, options, value, value, session, session }) disposable.Dispose();
    }
}
