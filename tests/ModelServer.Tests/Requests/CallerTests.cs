using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using ModelServer.Requests;
using ModelServer.Scheduling;

namespace ModelServer.Tests.Requests;

public class CallerTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("interactive", false)]
    [InlineData("urgent", false)]
    [InlineData("batch", true)]
    [InlineData("Batch", true)]
    public void From_Priority_IsInteractiveUnlessItSaysBatch(string? header, bool batch)
        => Assert.Equal(new QueueLane("ann", batch ? RequestPriority.Batch : RequestPriority.Interactive), Caller.From(Request("x-priority", header)).Lane);

    [Theory]
    [InlineData(null, true, true)]
    [InlineData("no-cache", false, true)]
    [InlineData("no-store", false, false)]
    [InlineData("max-age=0", true, true)]
    [InlineData("no-cache, no-store", false, false)]
    [InlineData("=,=", true, true)]
    public void From_CacheControl_SaysWhetherToReadAndWrite(string? header, bool read, bool write)
        => Assert.Equal(new CachePolicy(read, write), Caller.From(Request("Cache-Control", header)).Cache);

    [Fact]
    public void From_TokenWithoutASubject_HasALaneOfItsOwn() => Assert.Equal("", Caller.From(new DefaultHttpContext()).Lane.Client);

    private static DefaultHttpContext Request(string name, string? value)
    {
        var http = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "ann")])) };
        if (value is not null) http.Request.Headers[name] = value;
        return http;
    }
}
