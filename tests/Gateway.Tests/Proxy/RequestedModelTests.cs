using System.Text;
using Gateway.Proxy;

namespace Gateway.Tests.Proxy;

public sealed class RequestedModelTests
{
    [Theory]
    [InlineData("""{"model":"a:1","input":"x"}""", "a:1")]
    [InlineData("""{"input":{"model":"inner"},"list":[{"model":"x"}],"model":"outer"}""", "outer")]
    [InlineData("""{"\u006dodel":"escaped"}""", "escaped")]
    [InlineData("""{"input":"model","text":"\"model\":\"x\""}""", null)]
    [InlineData("""{"model":7}""", null)]
    [InlineData("""{"model":null}""", null)]
    [InlineData("""["model","a"]""", null)]
    [InlineData("""{"model":"a""", null)]
    [InlineData("""{"input":""", null)]
    [InlineData("not json", null)]
    [InlineData("", null)]
    public void Model_InTheOutermostObject_IsFound(string body, string? expected) => Assert.Equal(expected, RequestedModel.Find(Encoding.UTF8.GetBytes(body)));
}
