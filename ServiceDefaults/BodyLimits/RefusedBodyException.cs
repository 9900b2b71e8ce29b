using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.BodyLimits;

/// <summary>A request body that no route could read.</summary>
/// <param name="code">A stable machine-readable word.</param>
internal sealed class RefusedBodyException(int status, string code, string message) : BadHttpRequestException(message, status)
{
    public string Code => code;
}
