using System.Text.Json;

namespace Gateway.ApiDocs;

internal static class ApiDocsExtensions
{
    public static void AddApiDocs(this WebApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
    }

    public static void UseApiDocs(this WebApplication app) { }

    public static void MapApiDocs(this WebApplication app) { }

    public static void MapHome(this WebApplication app) { }
}
