using ServiceDefaults.PlainRequests;

namespace ServiceDefaults.Tests.PlainRequests;

public sealed class PlainPathTests
{
    [Theory]
    [InlineData("/v1/models/", "/v1/models")]
    [InlineData("//v1//embeddings", "/v1/embeddings")]
    [InlineData("///", "/")]
    [InlineData("//", "/")]
    [InlineData("/v1/a///b/", "/v1/a/b")]
    [InlineData("/v1%2fmodels//x", "/v1%2fmodels/x")]
    public void Path_WithEmptySegments_IsTheOneWithout(string path, string plain)
    {
        Assert.False(PlainPath.IsPlain(path));
        Assert.Equal(plain, PlainPath.Of(path));
        Assert.True(PlainPath.IsPlain(plain));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1/models")]
    [InlineData("/v1%2f%2fmodels%2f")]
    public void Path_WithoutEmptySegments_IsLeftAlone(string path) => Assert.True(PlainPath.IsPlain(path));
}
