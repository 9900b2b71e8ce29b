namespace Gateway.Edge;

/// <summary>The answer to a method that an address does not take.</summary>
internal static class DisallowedMethod
{
    /// <param name="allowed">Those it takes, for the header <c>Allow</c>.</param>
    public static IResult Refuse(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return new ApiErrorResult(new(405, "The method is not allowed here.") { Code = "method_not_allowed" });
    }
}
