using System.Globalization;
using System.Text;
using System.Text.Json;
using Testing;

namespace ModelServer.Tests.OpenInference;

/// <summary>INFER_BODIES=10000 and more for a longer run.</summary>
public sealed class HostileInferTests(SmallModels models) : IClassFixture<SmallModels>
{
    private const string Good = """
        {"id":"TEXT","inputs":[{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,8]},{"name":"attention_mask","shape":[1,2],"datatype":"INT64","data":[[1,1]]}],"outputs":[{"name":"logits","parameters":{"classification":1}}],"parameters":{"priority":1}}
        """;

    private static readonly string[] Fields =
    [
        "id", "inputs", "outputs", "parameters", "name", "shape", "datatype", "data", "classification", "binary_data", "binary_data_size", "binary_data_output", "priority", "timeout",
        "sequence_id", "model_name",
    ];

    private static readonly int Bodies = int.Parse(Environment.GetEnvironmentVariable("INFER_BODIES") ?? "2000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Infer_HostileJson_NeverFailsTheServer()
    {
        var client = await models.Host.CreateReadyClientAsync();
        var bodies = new HostileBodies(seed: 4711);
        var random = new Random(4711);
        for (var i = 0; i < Bodies; i++)
        {
            var body = bodies.Next(Good, Fields);
            await PostAsync(client, i, TritonBody.Message("tiny-multilabel", body, random.Next(4) == 0 ? random.Next(1, body.Length + 2) : null));
        }
    }

    /// <summary>Well-formed descriptions of tensors that are not as they say, and bytes of any kind.</summary>
    [Fact]
    public async Task Infer_HostileTensors_NeverFailTheServer()
    {
        var client = await models.Host.CreateReadyClientAsync();
        var random = new Random(4712);
        for (var i = 0; i < Bodies; i++)
        {
            var (json, bytes) = Tensors(random);
            await PostAsync(client, i, TritonBody.Message("tiny-multilabel", [.. json, .. bytes], json.Length + (random.Next(20) == 0 ? random.Next(-3, 4) : 0)));
        }

        using var afterwards = await client.SendAsync(TritonBody.Binary("tiny-multilabel", TritonBody.Ids([[7, 9]])));
        Assert.True(afterwards.IsSuccessStatusCode);
    }

    private static (byte[] Json, byte[] Bytes) Tensors(Random random)
    {
        var inputs = new List<string>();
        var bytes = new List<byte>();
        long[] shape = [random.Next(1, 5), random.Next(1, 70)];
        foreach (var name in TritonBody.Encoder)
        {
            var count = (int)(shape[0] * shape[1]);
            var values = new long[count];
            for (var k = 0; k < count; k++) values[k] = random.Next(30) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : name == "input_ids" ? random.Next(143) : random.Next(2);
            var data = TritonBody.Bytes(values);
            if (random.Next(10) == 0) data = data[..random.Next(data.Length)];
            if (random.Next(10) == 0) random.NextBytes(data);
            string[] types = ["INT64", "INT32", "FP64", "BYTES", "BOOL", "UINT64", "FP16", "int64"];
            var type = random.Next(10) == 0 ? types[random.Next(types.Length)] : "INT64";
            long[][] shapes = [shape, [shape[0]], [shape[1], shape[0]], [.. shape, 1], [long.MaxValue, 2], [0, 0], [-1, shape[1]], []];
            var told = random.Next(10) == 0 ? shapes[random.Next(shapes.Length)] : shape;
            var size = random.Next(15) == 0 ? random.NextInt64(-2, 5000) : data.Length;
            if (random.Next(20) != 0) inputs.Add($$$"""{"name":"{{{name}}}","shape":{{{JsonSerializer.Serialize(told)}}},"datatype":"{{{type}}}","parameters":{"binary_data_size":{{{size}}}}}""");
            bytes.AddRange(data);
        }

        return (Encoding.UTF8.GetBytes($$$"""{"inputs":[{{{string.Join(',', inputs)}}}],"parameters":{"binary_data_output":{{{(random.Next(2) == 0 ? "true" : "false")}}}}}"""), [.. bytes]);
    }

    private static async Task PostAsync(HttpClient client, int number, HttpRequestMessage message)
    {
        using (message)
        {
            using var response = await client.SendAsync(message);
            var status = (int)response.StatusCode;
            if (status < 400) return;
            var text = await response.Content.ReadAsStringAsync();
            if (status >= 500 || JsonDocument.Parse(text).RootElement.GetProperty("error").GetString() is not { Length: > 0 })
                Assert.Fail($"Body {number} is answered {status} {text}: {Encoding.UTF8.GetString(await message.Content!.ReadAsByteArrayAsync())}");
        }
    }
}
