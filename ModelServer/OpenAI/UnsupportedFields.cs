using System.Collections.Frozen;
using System.Text.Json;

namespace ModelServer.OpenAI;

/// <summary>Fields that change an answer elsewhere (OpenAI, vLLM, SGLang, TGI, llama.cpp, Ollama, transformers) and that the route does not know. A client that sends one would take
/// the answer for another than it is, so they are refused by name, unless their value asks for what happens anyway.</summary>
internal static class UnsupportedFields
{
    /// <summary>Names; the value that says nothing beside null, false and what is empty; what to send instead.</summary>
    private static readonly (string Names, string? Neutral, string? Instead)[] Table =
    [
        // What the text may be.
        // An empty schema asks for any JSON.
        ("json_schema", "null", "response_format is"),
        ("structural_tag guided_whitespace_pattern", null, null),
        ("grammar grammar_triggers regex ebnf stop_regex format", null, "response_format and structured_outputs are"),
        ("bad_words bad_words_ids suppress_tokens begin_suppress_tokens", null, "a logit_bias of -100 keeps a token out"),
        ("allowed_token_ids force_words_ids sequence_bias", null, "logit_bias is"),
        ("logits_processors custom_logit_processor custom_params vllm_xargs", null, null),

        // Tools and kinds of content.
        ("tools functions audio prediction web_search_options images image_data", null, null),
        ("modalities", "[\"text\"]", null),
        ("tool_choice function_call", "\"none\"", "it goes with tools, which /v1/chat/completions takes"),

        // How tokens are chosen.
        ("use_beam_search num_beam_groups beam_width diversity_penalty early_stopping", null, "n continuations are sampled apart"),
        ("num_beams best_of length_penalty", "1", "n continuations are sampled apart"),
        ("mirostat mirostat_mode top_a epsilon_cutoff eta_cutoff dynatemp_range xtc_probability dry_multiplier smoothing_factor", "0", "temperature, top_k, top_p and min_p are"),
        ("typical_p typ_p tfs tfs_z", "1", "temperature, top_k, top_p and min_p are"),
        ("top_n_sigma", "-1", "temperature, top_k, top_p and min_p are"),
        ("penalty_alpha no_repeat_ngram_size", "0", "repetition_penalty, presence_penalty and frequency_penalty are"),
        ("repeat_penalty encoder_repetition_penalty", "1", "repetition_penalty is"),
        ("samplers sampler_seq sampler_priority watermark negative_prompt", null, null),
        ("guidance_scale cfg_scale", "1", null),
        ("do_sample", "true", "a temperature of 0 takes the most likely token"),
        ("random_seed", null, "seed is"),

        // How long the text is.
        ("max_completion_tokens max_new_tokens max_output_tokens max_gen_len max_length n_predict num_predict", null, "max_tokens is"),
        ("min_length min_new_tokens", null, "min_tokens is"),
        ("stop_sequences", null, "stop is"),
        ("max_time t_max_predict_ms", null, "the header x-deadline-ms is"),
        ("truncate truncation", null, "truncate_prompt_tokens is"),
        ("num_ctx n_ctx", null, null),
        ("n_keep num_keep n_discard min_keep", "0", null),

        // What the model reads.
        ("chat_template chat_template_kwargs documents continue_final_message mm_processor_kwargs system template context raw input_prefix input_suffix", null, null),
        ("add_generation_prompt", "true", null),
        ("add_special_tokens", "null", "token ids are taken as they are"),
        ("adapter_id lora lora_path lora_request kv_transfer_params safe_prompt prompt_mode think enable_thinking thinking_token_budget", null, null),
        ("options parameters sampling_params", null, "their fields are fields of the body here"),

        // What the answer tells.
        ("prompt_logprobs decoder_input_details", null, "echo with logprobs on /v1/completions is"),
        ("top_logprobs post_sampling_probs", null, "logprobs is"),
        ("top_n_tokens n_probs", "0", "logprobs is"),
        ("return_full_text", null, "echo on /v1/completions is"),
        ("no_stop_trim", null, "include_stop_str_in_output is"),
        ("spaces_between_special_tokens", "true", null),
        ("return_token_ids return_tokens_as_token_ids return_tokens details response_fields echo", null, null),
    ];

    private static readonly FrozenDictionary<string, (string? Neutral, string? Instead)> ByName = Table
        .SelectMany(row => row.Names.Split(' '), (row, name) => (name, row))
        .ToFrozenDictionary(pair => pair.name, pair => (pair.row.Neutral, pair.row.Instead));

    /// <summary>What is wrong with the fields of a body that are not known, or null.</summary>
    public static FieldError? FirstOf(IReadOnlyDictionary<string, JsonElement>? fields)
    {
        foreach (var (name, value) in fields ?? FrozenDictionary<string, JsonElement>.Empty)
        {
            if (ByName.TryGetValue(name, out var known))
            {
                if (known.Neutral is null ? Says(value) : !IsNothing(value, known.Neutral))
                    return FieldError.Unsupported(name, $"{name} is not supported{(known.Instead is null ? "" : $": {known.Instead}")}.");
            }
            else if (Bounds(name) && value.ValueKind != JsonValueKind.Null)
            {
                return FieldError.Unsupported(name, $"{name} is a bound that is not known here.");
            }
        }

        return null;
    }

    /// <summary>Whether a field says anything: null, false and what is empty do not.</summary>
    public static bool Says(JsonElement? field) => field is { } value && value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False => false,
        JsonValueKind.String => !value.ValueEquals(""),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };

    private static bool IsNothing(JsonElement value, string neutral)
    {
        if (value.ValueKind == JsonValueKind.Null) return true;
        using var nothing = JsonDocument.Parse(neutral);
        return JsonElement.DeepEquals(value, nothing.RootElement);
    }

    private static bool Bounds(string name) => name.StartsWith("min_", StringComparison.Ordinal) || name.StartsWith("max_", StringComparison.Ordinal);
}
