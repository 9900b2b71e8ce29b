using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ModelServer.Tests.OpenInference;

public sealed class RefusedInferTests(SmallModels models) : IClassFixture<SmallModels>
{
    private const string Rest = """{"name":"attention_mask","shape":[1,2],"datatype":"INT64","data":[1,1]}""";

    [Theory]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7]}""", "neither 2 elements in one list")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,8,9]}""", "neither 2 elements in one list")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[[7],[8]]}""", "neither 2 elements in one list")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,[8]]}""", "neither 2 elements in one list")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[[[7,8]]]}""", "neither 2 elements in one list")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,"8"]}""", "number 1, that is none of INT64")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,8.5]}""", "number 1, that is none of INT64")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,9223372036854775808]}""", "number 1, that is none of INT64")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,NaN]}""", "not valid JSON")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"FP32","data":[7,1e39]}""", "number 1, that is none of FP32")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"FP16","data":[7,8]}""", "send it as binary data")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"FP32","data":[7,8]}""", "is FP32; the model takes INT64")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT63","data":[7,8]}""", "no datatype 'INT63'")]
    [InlineData("""{"name":"input_ids","shape":[2],"datatype":"INT64","data":[7,8]}""", "has the shape [2]; the model takes [-1, -1]")]
    [InlineData("""{"name":"input_ids","shape":[1,3],"datatype":"INT64","data":[7,8,9]}""", "where another input has 3")]
    [InlineData("""{"name":"input_ids","shape":[1,-2],"datatype":"INT64","data":[7,8]}""", "not negative")]
    [InlineData("""{"name":"input_ids","shape":[1,0],"datatype":"INT64","data":[]}""", "length 0")]
    [InlineData("""{"name":"input_ids","shape":[4294967296,4294967296],"datatype":"INT64","data":[7,8]}""", "more than 2147483647 elements")]
    [InlineData("""{"name":"input_ids","shape":[9223372036854775807,2],"datatype":"INT64","data":[7,8]}""", "more than 2147483647 elements")]
    [InlineData("""{"name":"input_ids","shape":[1,2.0],"datatype":"INT64","data":[7,8]}""", "whole numbers")]
    [InlineData("""{"name":"input_ids","shape":"[1,2]","datatype":"INT64","data":[7,8]}""", "shape must be a list")]
    [InlineData("""{"name":"input_ids","shape":[1000,1000000],"datatype":"INT64","data":[7,8]}""", "neither 1000000000 elements")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,143]}""", "0 to 142")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,-1]}""", "0 to 142")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64"}""", "neither data nor a binary_data_size")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","parameters":{"binary_data_size":16}}""", "0 bytes are left")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","parameters":{"binary_data_size":-1}}""", "from 0 to 2147483647")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","parameters":{"binary_data_size":0},"data":[7,8]}""", "both data and a binary_data_size")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","parameters":{"shared_memory_region":"a"},"data":[7,8]}""", "shared memory")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","parameters":{"a":[]},"data":[7,8]}""", "must be a text, a number, true or false")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,8],"dtype":1}""", "unknown member 'dtype'")]
    [InlineData("""{"name":"input_ids","name":"input_ids","shape":[1,2],"datatype":"INT64","data":[7,8]}""", "name is there twice")]
    [InlineData("""{"name":"ids","shape":[1,2],"datatype":"INT64","data":[7,8]}""", "'ids' is none of the model's, which are input_ids, attention_mask.")]
    [InlineData("""{"name":"attention_mask","shape":[1,2],"datatype":"INT64","data":[7,8]}""", "'attention_mask' is there twice")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"BYTES","data":["a","b"]}""", "is BYTES; the model takes INT64")]
    [InlineData("""{"name":"input_ids","shape":[1,2],"datatype":"BYTES","data":["a","\ud800"]}""", "not valid Unicode")]
    [InlineData("""1""", "an input must be an object")]
    public async Task Infer_AnInputThatIsWrong_Is400AndSaysSo(string input, string expected)
        => await RefusesAsync($$"""{"inputs":[{{input}},{{Rest}}]}""", expected);

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("null", "the request must be an object")]
    [InlineData("[]", "the request must be an object")]
    [InlineData("{}", "inputs must be a list of at least one tensor")]
    [InlineData("""{"inputs":[]}""", "inputs must be a list of at least one tensor")]
    [InlineData("""{"inputs":{}}""", "inputs must be a list")]
    [InlineData("""{"inputs":[""" + Rest + """]}""", "'input_ids' is missing")]
    [InlineData("""{"inputs":[""" + Rest + """],"priority":1}""", "unknown member 'priority'")]
    [InlineData("""{"inputs":[""" + Rest + """],"id":7}""", "id must be a text")]
    [InlineData("""{"inputs":[""" + Rest + """],"parameters":{"timeout":-1}}""", "timeout must be a whole number")]
    [InlineData("""{"inputs":[""" + Rest + """],"parameters":{"binary_data_output":1}}""", "must be true or false")]
    [InlineData("""{"inputs":[""" + Rest + """]} {}""", "not valid JSON")]
    [InlineData("""{"inputs":[{"name":"input-0","shape":[1],"datatype":"BYTES","data":[""]}]}""", "has an empty text")]
    [InlineData("""{"inputs":[{"name":"input-1","shape":[1],"datatype":"BYTES","data":["a"]}]}""", "texts are sent as 'input-0'")]
    [InlineData("""{"inputs":[{"name":"input-0","shape":[1,1],"datatype":"BYTES","data":["a"]}]}""", "takes texts as [-1]")]
    [InlineData("""{"inputs":[{"name":"input-0","shape":[1],"datatype":"BYTES","data":["a"]}],"outputs":[{"name":"logits"}]}""", "'logits' is none of the model's, which are output-0, label, score, scores")]
    [InlineData("""{"inputs":[{"name":"input-0","shape":[1],"datatype":"BYTES","data":["a"]}],"outputs":[{"name":"label"},{"name":"label"}]}""", "asked for twice")]
    [InlineData("""{"inputs":[{"name":"input-0","shape":[1],"datatype":"BYTES","data":["a"]}],"outputs":[{"name":"label","parameters":{"classification":1}}]}""", "only FP32 and FP16 are classified")]
    public async Task Infer_ARequestThatIsWrong_Is400AndSaysSo(string body, string expected) => await RefusesAsync(body, expected);

    [Theory]
    [InlineData(15, 0, "has 15 bytes of binary data; 2 elements of INT64 are 16")]
    [InlineData(16, 3, "3 bytes of binary data belong to no input")]
    public async Task Infer_BinaryDataOfAnotherLength_Is400AndSaysSo(int length, int behind, string expected)
    {
        var client = await models.Host.CreateReadyClientAsync();
        var json = Encoding.UTF8.GetBytes($$$"""{"inputs":[{"name":"input_ids","shape":[1,2],"datatype":"INT64","parameters":{"binary_data_size":{{{length}}}}},{{{Rest}}}]}""");

        using var response = await client.SendAsync(TritonBody.Message("tiny-multilabel", [.. json, .. new byte[length + behind]], json.Length));

        await AssertRefusedAsync(response, expected);
    }

    [Theory]
    [InlineData("-1", "must be the length of the JSON")]
    [InlineData("a", "must be the length of the JSON")]
    [InlineData("99999999999", "must be the length of the JSON")]
    [InlineData("9999", "says more than the 2 bytes that the body has")]
    [InlineData("0", "not supported")]
    public async Task Infer_AHeaderLengthThatCannotBe_Is400AndSaysSo(string length, string expected)
    {
        var client = await models.Host.CreateReadyClientAsync();
        using var message = TritonBody.Message("tiny-multilabel", "{}"u8.ToArray());
        message.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", length);

        using var response = await client.SendAsync(message);

        await AssertRefusedAsync(response, expected);
    }

    [Fact]
    public async Task Infer_RowsLongerThanTheModels_Is400AndSaysSo()
    {
        var client = await models.Host.CreateReadyClientAsync();

        using var response = await client.SendAsync(TritonBody.Binary("tiny-multilabel", TritonBody.Ids([new long[65]])));

        await AssertRefusedAsync(response, "rows of 65 tokens; the model takes at most 64");
    }

    [Fact]
    public async Task Infer_TypeIdsThatTheGraphFailsOn_Is400AndOthersGoOn()
    {
        var client = await models.Host.CreateReadyClientAsync();
        (string, long[], string, byte[])[] Inputs(int typeId)
            => [.. new[] { ("input_ids", 7), ("attention_mask", 1), ("token_type_ids", typeId) }.Select(i => (i.Item1, new long[] { 1, 2 }, "INT32", TritonBody.Bytes(i.Item2, i.Item2)))];

        using var response = await client.SendAsync(TritonBody.Binary("tiny-rerank", Inputs(typeId: 5000)));
        using var next = await client.SendAsync(TritonBody.Binary("tiny-rerank", Inputs(typeId: 1)));

        await AssertRefusedAsync(response, "The graph cannot run these tensors");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory]
    [InlineData("/v2/models/none/infer", 404)]
    [InlineData("/v2/models/tiny-multilabel/versions/9/infer", 404)]
    [InlineData("/v2/models/tiny-multilabel/versions/..%2f1/infer", 404)]
    public async Task Infer_OfNoModel_Is404(string path, int status)
    {
        var client = await models.Host.CreateReadyClientAsync();

        using var response = await client.PostAsync(path, new StringContent($$"""{"inputs":[{{Rest}}]}"""));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotEmpty((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task Infer_ABodyBeyondTheLimit_Is413()
    {
        var client = await models.Host.CreateReadyClientAsync();
        using var content = new ByteArrayContent(new byte[(64 * 1024 * 1024) + 1]);

        using var response = await client.PostAsync("/v2/models/tiny-multilabel/infer", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private async Task RefusesAsync(string body, string expected)
    {
        var client = await models.Host.CreateReadyClientAsync();
        using var response = await client.SendAsync(TritonBody.Message("tiny-multilabel", Encoding.UTF8.GetBytes(body)));
        await AssertRefusedAsync(response, expected);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, string expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.BadRequest, text), (response.StatusCode, text));
        Assert.Contains(expected, JsonDocument.Parse(text).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
