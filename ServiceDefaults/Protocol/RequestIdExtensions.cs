using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Protocol;

/// <summary>Gives each request an id: the caller's <c>x-request-id</c> where it is sane, else a new one. Every answer repeats it.</summary>
public static class RequestIdExtensions
{
    public const string HeaderName = "x-request-id";
    private const int MaxLength = 128;
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:+/=");

    public static string RequestId(this HttpContext context) => context.TraceIdentifier;

    internal static void UseRequestId(this WebApplication app) => app.Use((context, next) =>
    {
        var given = context.Request.Headers[HeaderName].ToString();
        if (!IsSane(given)) given = NewId();
        context.TraceIdentifier = given;
        context.Request.Headers[HeaderName] = given;
        Activity.Current?.SetTag("request.id", given);
        context.Response.OnStarting(static state =>
        {
            var context = (HttpContext)state;
            context.Response.Headers[HeaderName] = context.TraceIdentifier;
            return Task.CompletedTask;
        }, context);
        return next(context);
    });

    // Unique, not secret: a GUID would ask the system for secure randomness, request by request.
    private static string NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static bool IsSane(string id) => id.Length is > 0 and <= MaxLength && !id.AsSpan().ContainsAnyExcept(Allowed);
}
