using Microsoft.Extensions.AI;

namespace AppHost.Tests.Clients;

/// <summary>The tool and the question that tests of clients give the chat model.</summary>
internal static class Weather
{
    public const string Name = "get_weather", Description = "Get the current weather in a city", Question = "What is the weather in Paris?";

    /// <param name="cities">Gets each city that the tool is asked for.</param>
    public static AIFunction Function(List<string> cities) => AIFunctionFactory.Create(Of(cities), Name, Description);

    public static Func<string, object> Of(List<string> cities) => city =>
    {
        cities.Add(city);
        return new { city, temperature = 18, condition = "sunny" };
    };
}

/// <summary>What structured output is read as.</summary>
internal sealed record Person(string Name, int Age, string City)
{
    public const string Sentence = "Extract name, age and city as JSON: Anna is 31 years old and lives in Rome.";
}
