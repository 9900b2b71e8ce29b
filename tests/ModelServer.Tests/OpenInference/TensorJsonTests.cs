using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelServer.Answers;
using ModelServer.Models;
using ModelServer.OpenInference;
using ModelServer.Tensors;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.OpenInference;

/// <summary>Each datatype as JSON and as bytes.</summary>
public sealed class TensorJsonTests
{
    [Theory]
    [InlineData("BOOL", "[true,false]", "0100")]
    [InlineData("UINT8", "[0,255]", "00FF")]
    [InlineData("UINT16", "[1,65535]", "0100FFFF")]
    [InlineData("UINT32", "[1,4294967295]", "01000000FFFFFFFF")]
    [InlineData("UINT64", "[1,18446744073709551615]", "0100000000000000FFFFFFFFFFFFFFFF")]
    [InlineData("INT8", "[-128,127]", "807F")]
    [InlineData("INT16", "[-32768,32767]", "0080FF7F")]
    [InlineData("INT32", "[-2147483648,2147483647]", "00000080FFFFFF7F")]
    [InlineData("INT64", "[-9223372036854775808,9223372036854775807]", "0000000000000080FFFFFFFFFFFFFF7F")]
    [InlineData("FP32", "[1.5,-0.1]", "0000C03FCDCCCCBD")]
    [InlineData("FP64", "[1.5,-0.1]", "000000000000F83F9A9999999999B9BF")]
    public async Task Datatype_IsReadAndWritten(string type, string data, string bytes)
    {
        var fromJson = Read(type, $"\"data\":{data}");
        var fromBytes = Read(type, $"\"parameters\":{{\"binary_data_size\":{bytes.Length / 2}}}", Convert.FromHexString(bytes));

        Assert.Equal(bytes, Convert.ToHexString(fromJson.Data.Span));
        Assert.Equal(bytes, Convert.ToHexString(fromBytes.Data.Span));
        var output = new TensorOutput("y", TensorType.Named(type)!, [2], Convert.FromHexString(bytes));
        Assert.Equal(data, (await WriteAsync(output, isBinary: false)).Json.GetProperty("outputs")[0].GetProperty("data").GetRawText());
        Assert.Equal(bytes, Convert.ToHexString((await WriteAsync(output, isBinary: true)).Behind));
    }

    [Fact]
    public async Task Texts_AreReadAndWritten()
    {
        byte[] bytes = [3, 0, 0, 0, .. "ä="u8, 0, 0, 0, 0];

        Assert.Equal(["ä=", ""], Read("BYTES", "\"data\":[\"ä=\",\"\"]").Texts!);
        Assert.Equal(["ä=", ""], Read("BYTES", $"\"parameters\":{{\"binary_data_size\":{bytes.Length}}}", bytes).Texts!);
        var output = new TensorOutput("y", TensorType.Text, [2], default) { Texts = ["ä=", ""] };
        Assert.Equal("""["ä=",""]""", (await WriteAsync(output, isBinary: false)).Json.GetProperty("outputs")[0].GetProperty("data").GetRawText());
        Assert.Equal(bytes, (await WriteAsync(output, isBinary: true)).Behind);
    }

    [Theory]
    [InlineData("BOOL", "[true,1]")]
    [InlineData("UINT8", "[0,256]")]
    [InlineData("UINT8", "[0,-1]")]
    [InlineData("INT8", "[0,128]")]
    [InlineData("UINT16", "[0,65536]")]
    [InlineData("INT16", "[0,32768]")]
    [InlineData("INT32", "[0,2147483648]")]
    [InlineData("UINT32", "[0,-1]")]
    [InlineData("UINT64", "[0,18446744073709551616]")]
    [InlineData("INT64", "[0,1.0]")]
    [InlineData("FP32", "[0,3.5e38]")]
    [InlineData("FP64", "[0,1e309]")]
    [InlineData("FP64", "[0,\"NaN\"]")]
    [InlineData("FP64", "[0,null]")]
    [InlineData("BYTES", "[\"a\",1]")]
    public void Element_OfAnotherType_IsRefused(string type, string data)
        => Assert.Contains($"number 1, that is none of {type}", Assert.Throws<InvalidFieldException>(() => Read(type, $"\"data\":{data}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("BOOL", "0102")]
    [InlineData("BYTES", "03000000")]
    [InlineData("BYTES", "01000000610100000062FF")]
    [InlineData("BYTES", "FFFFFFFF00000000")]
    [InlineData("BYTES", "01000000FF0000000000")]
    [InlineData("INT16", "000000")]
    public void Bytes_OfAnotherForm_AreRefused(string type, string bytes)
        => Assert.Throws<InvalidFieldException>(() => Read(type, $"\"parameters\":{{\"binary_data_size\":{bytes.Length / 2}}}", Convert.FromHexString(bytes)));

    private static InferInput Read(string type, string rest, params byte[] behind)
    {
        var json = Encoding.UTF8.GetBytes($$"""{"inputs":[{"name":"x","datatype":"{{type}}","shape":[2],{{rest}}}]}""");
        return InferReader.Read((byte[])[.. json, .. behind], json.Length).Inputs[0];
    }

    private static async Task<TritonAnswer> WriteAsync(TensorOutput output, bool isBinary)
    {
        var body = new MemoryStream();
        var http = new DefaultHttpContext { Response = { Body = body } };
        var answer = new InferAnswer(new ModelVersion("m", "1", default), new Timing(default, default, default, CacheOutcome.Bypass), [new(output, isBinary)]);
        await new InferResult(answer, null).ExecuteAsync(http);
        await http.Response.BodyWriter.FlushAsync();
        var length = isBinary ? int.Parse(http.Response.Headers["Inference-Header-Content-Length"].ToString(), System.Globalization.CultureInfo.InvariantCulture) : (int)body.Length;
        return new(JsonDocument.Parse(body.ToArray().AsMemory(0, length)).RootElement, body.ToArray()[length..]);
    }
}
