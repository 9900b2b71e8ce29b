using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ServiceDefaults.PlainRequests;

/// <summary>HTTP's manners that no route should have to know.</summary>
public static class PlainRequestExtensions
{
    /// <summary>Stands in front of whatever reads a method or a path.</summary>
    public static void UsePlainRequests(this IApplicationBuilder app) => app.UseMiddleware<PlainRequestMiddleware>();

    /// <summary>Stands between routing and authentication.</summary>
    internal static void UseOpenRoutes(this IApplicationBuilder app) => app.UseMiddleware<OpenRoutesMiddleware>();

    /// <summary>Names HEAD in <c>Allow</c> wherever GET is.</summary>
    internal static void AllowHead(this IHeaderDictionary headers)
    {
        var methods = headers.Allow.SelectMany(v => v?.Split(',', StringSplitOptions.TrimEntries) ?? []).ToList();
        if (methods.IndexOf(HttpMethods.Get) is >= 0 and var get && !methods.Contains(HttpMethods.Head))
            headers.Allow = new StringValues(string.Join(", ", [.. methods[..(get + 1)], HttpMethods.Head, .. methods[(get + 1)..]]));
    }
}
