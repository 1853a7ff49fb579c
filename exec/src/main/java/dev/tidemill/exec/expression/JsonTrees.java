package dev.tidemill.exec.expression;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tidemill.foundation.format.JsonValueFormat;
import dev.tidemill.foundation.type.Type;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Functions of JSON that look at a text as a whole: one in another, and one in lines. */
final class JsonTrees {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String INDENT = "    ";

  private JsonTrees() {}

  /** What is neither object nor array, a String, or a List of how it is written. */
  private record Atom(Object value) {}

  /** A Map of members, a List of elements or an Atom; null where the text is no JSON. */
  private static @Nullable Object read(String json) {
    if (!JsonFunctions.isValid(json)) {
      return null;
    }
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      return read(parser);
    } catch (IOException e) {
      return null;
    }
  }

  private static Object read(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          members.put(name, read(parser));
        }
        yield members;
      }
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(read(parser));
        }
        yield elements;
      }
      case VALUE_STRING -> new Atom(parser.getText());
      default -> new Atom(List.of(parser.getText()));
    };
  }

  /** {@code JSON_CONTAINS(json, json)} */
  static boolean contains(RowArguments arguments) {
    Object outer = read(arguments.text(0));
    Object inner = read(arguments.text(1));
    return outer != null && inner != null && contains(outer, inner);
  }

  private static boolean contains(Object outer, Object inner) {
    return holds(outer, inner)
        || switch (outer) {
          case Map<?, ?> members ->
              members.values().stream().anyMatch(member -> contains(member, inner));
          case List<?> elements -> elements.stream().anyMatch(element -> contains(element, inner));
          default -> false;
        };
  }

  /** Whether all that is in {@code inner} is in the same place of {@code outer}. */
  private static boolean holds(Object outer, Object inner) {
    if (outer instanceof Map<?, ?> members && inner instanceof Map<?, ?> wanted) {
      return wanted.entrySet().stream()
          .allMatch(
              w -> {
                Object member = members.get(w.getKey());
                return member != null && holds(member, w.getValue());
              });
    }
    if (outer instanceof List<?> elements && inner instanceof List<?> wanted) {
      return wanted.stream().allMatch(w -> elements.stream().anyMatch(e -> holds(e, w)));
    }
    return outer.equals(inner);
  }

  /** The text in lines, or null where it is no JSON. */
  static @Nullable String pretty(String json) {
    Object value = read(json);
    if (value == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    append(value, "\n", text);
    return text.toString();
  }

  private static void append(Object value, String line, StringBuilder text) {
    String inner = line + INDENT;
    switch (value) {
      case Map<?, ?> members when !members.isEmpty() -> {
        String separator = "{";
        for (Map.Entry<?, ?> member : members.entrySet()) {
          text.append(separator).append(inner);
          JsonValueFormat.append(Type.VARCHAR, member.getKey(), text);
          text.append(": ");
          append(member.getValue(), inner, text);
          separator = ",";
        }
        text.append(line).append('}');
      }
      case List<?> elements when !elements.isEmpty() -> {
        String separator = "[";
        for (Object element : elements) {
          text.append(separator).append(inner);
          append(element, inner, text);
          separator = ",";
        }
        text.append(line).append(']');
      }
      case Map<?, ?> members -> text.append("{}");
      case List<?> elements -> text.append("[]");
      case Atom(List<?> written) -> text.append(written.getFirst());
      case Atom(Object string) -> JsonValueFormat.append(Type.VARCHAR, string, text);
      default -> throw new IllegalStateException(value.getClass().getName());
    }
  }
}
