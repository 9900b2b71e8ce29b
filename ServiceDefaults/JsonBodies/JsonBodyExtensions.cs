using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults.JsonBodies;

internal static class JsonBodyExtensions
{
    /// <summary>Has members matched by their exact names, each at most once, and numbers taken for nothing but numbers: a gateway and a model server that
    /// read one body must read the same.</summary>
    public static void AddJsonBodies(this WebApplicationBuilder builder) => builder.Services.ConfigureHttpJsonOptions(json =>
    {
        json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        json.SerializerOptions.PropertyNameCaseInsensitive = false;
        json.SerializerOptions.AllowDuplicateProperties = false;
        json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
    });

    public static void UseJsonBodies(this WebApplication app) => app.UseMiddleware<JsonBodyMiddleware>();
}
