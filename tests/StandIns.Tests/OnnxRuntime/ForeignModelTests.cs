using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Testing;

namespace StandIns.Tests.OnnxRuntime;

/// <summary>Models of foreign origin with the outputs that another binding of the same engine gave; where they are present.</summary>
[Collection(EngineCollection.Name)]
public sealed class ForeignModelTests
{
    public static TheoryData<string> References()
    {
        var data = new TheoryData<string>();
        var folder = RepositoryPaths.Fixtures is { } fixtures ? Path.Combine(fixtures, "onnx-fixtures") : null;
        if (Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.reference.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)) data.Add(Path.GetRelativePath(folder, file));
        }

        if (data.Count == 0) data.Add("");
        return data;
    }

    [Theory]
    [MemberData(nameof(References))]
    public void Run_OfAForeignModel_GivesTheReferenceOutputs(string reference)
    {
        if (reference.Length == 0) return;
        var path = Path.Combine(RepositoryPaths.Fixtures!, "onnx-fixtures", reference);
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        using var session = new InferenceSession(path.Replace(".reference.json", ".onnx", StringComparison.Ordinal), LifetimeTests.OneThread());
        using var options = new RunOptions();
        var compared = 0;
        foreach (var example in json.RootElement.GetProperty("cases").EnumerateArray())
        {
            var inputs = example.GetProperty("inputs").EnumerateObject().ToDictionary(p => p.Name, p => Value(p.Value, session.InputMetadata[p.Name].ElementDataType));
            var expected = example.GetProperty("outputs").EnumerateObject().ToArray();
            using var results = session.Run(options, inputs, [.. expected.Select(e => e.Name)]);
            foreach (var (result, output) in results.Zip(expected)) compared += Compare(result, output.Value, output.Name);
            foreach (var input in inputs.Values) input.Dispose();
        }

        Assert.True(compared > 0);
    }

    private static OrtValue Value(JsonElement tensor, TensorElementType type)
    {
        var shape = tensor.GetProperty("dims").Deserialize<long[]>()!;
        var data = tensor.GetProperty("data");
        return type switch
        {
            TensorElementType.Float => OrtValue.CreateTensorValueFromMemory(data.Deserialize<float[]>()!, shape),
            TensorElementType.Int32 => OrtValue.CreateTensorValueFromMemory(data.Deserialize<int[]>()!, shape),
            TensorElementType.Int64 => OrtValue.CreateTensorValueFromMemory(data.Deserialize<long[]>()!, shape),
            TensorElementType.Float16 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(data.Deserialize<ushort[]>()!, b => new Float16(b)), shape),
            _ => throw new NotSupportedException($"{type}"),
        };
    }

    private static int Compare(OrtValue result, JsonElement expected, string name)
    {
        var info = result.GetTensorTypeAndShape();
        Assert.Equal(expected.GetProperty("dims").Deserialize<long[]>()!, info.Shape);
        // Half precision is written as its bits.
        var half = info.ElementDataType == TensorElementType.Float16;
        var actual = half ? Array.ConvertAll(result.GetTensorDataAsSpan<Float16>().ToArray(), v => (float)v) : result.GetTensorDataAsSpan<float>().ToArray();
        float Read(JsonElement e) => half ? (float)new Float16(e.GetUInt16()) : e.GetSingle();
        if (expected.TryGetProperty("data", out var data))
        {
            AssertClose(data.EnumerateArray().Select(Read), actual);
            return actual.Length;
        }

        var width = (int)info.Shape[^1];
        var row = 0;
        foreach (var summary in expected.GetProperty("rows").EnumerateArray())
        {
            var part = actual.AsSpan(row++ * width, width).ToArray();
            AssertClose(summary.GetProperty("head").EnumerateArray().Select(Read), part.AsSpan(0, 8).ToArray());
            if (!half) Assert.Equal(summary.GetProperty("max").GetSingle(), part.Max(), 1e-4f);
        }

        return actual.Length;

        void AssertClose(IEnumerable<float> wanted, float[] got)
        {
            foreach (var (w, g) in wanted.Zip(got, (w, g) => (w, g))) Assert.True(MathF.Abs(w - g) <= (half ? 2e-3f : 1e-4f) * MathF.Max(1, MathF.Abs(w)), $"{name}: expected {w}, got {g}");
        }
    }
}
