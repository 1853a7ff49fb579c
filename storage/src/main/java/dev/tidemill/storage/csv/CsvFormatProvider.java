package dev.tidemill.storage.csv;

import dev.tidemill.storage.catalog.CatalogErrors;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileFormatProvider;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code 'format'='csv'}. */
public final class CsvFormatProvider implements FileFormatProvider {
  @Override
  public String name() {
    return "csv";
  }

  @Override
  public List<String> extensions() {
    return List.of("csv", "tsv");
  }

  @Override
  public List<ConnectorOption> options() {
    return List.of(
        new ConnectorOption(
            "header",
            false,
            "CSV: whether the first record has the column names: true, false or auto (default): whether it has the declared"
                + " names, or without declared columns whether its fields differ in type from those below"),
        new ConnectorOption(
            "delimiter",
            false,
            "CSV: the character between fields; by default a comma, in .tsv files a tab (\\t), and where the columns are worked out"
                + " from the files one of , ; | and tab that fits"),
        new ConnectorOption(
            "quote",
            false,
            "CSV: the character around fields that need it, default \"; empty for none"),
        new ConnectorOption(
            "escape",
            false,
            "CSV: the character before a quote inside quotes, by default the quote"),
        new ConnectorOption(
            "null_string",
            false,
            "CSV: the unquoted text that means NULL, by default nothing at all"));
  }

  @Override
  public boolean compressedAsWhole() {
    return true;
  }

  @Override
  public boolean readsGrowingFiles() {
    return true;
  }

  @Override
  public boolean readsRecords() {
    return true;
  }

  @Override
  public FileFormat create(Map<String, String> options) {
    byte quote = character("quote", options.getOrDefault("quote", "\""), true);
    String escape = options.get("escape");
    byte delimiter =
        options.containsKey("delimiter")
            ? character("delimiter", options.get("delimiter"), false)
            : 0;
    if (delimiter != 0 && delimiter == quote) {
      throw CatalogErrors.badOption(
          "delimiter", String.valueOf((char) delimiter), "another character than the quote");
    }
    String nullText = options.getOrDefault("null_string", "");
    if (nullText.chars().anyMatch(c -> c == '\n' || c == '\r' || c == quote)) {
      throw CatalogErrors.badOption("null_string", nullText, "a text without line ends and quotes");
    }
    return new CsvFormat(
        new CsvOptions(
            header(options.get("header")),
            delimiter,
            quote,
            escape == null ? quote : character("escape", escape, false),
            nullText,
            "true".equals(options.get("growing"))));
  }

  private static @Nullable Boolean header(@Nullable String value) {
    return switch (value == null ? "auto" : value.toLowerCase(Locale.ROOT)) {
      case "auto" -> null;
      case "true" -> true;
      case "false" -> false;
      default ->
          throw CatalogErrors.badOption("header", String.valueOf(value), "true, false or auto");
    };
  }

  private static byte character(String name, @Nullable String value, boolean mayBeEmpty) {
    String text = value == null || value.equals("\\t") ? "\t" : value;
    if (text.isEmpty() && mayBeEmpty) {
      return 0;
    }
    if (text.length() != 1
        || text.charAt(0) > 126
        || text.charAt(0) == '\n'
        || text.charAt(0) == '\r'
        || text.charAt(0) == 0) {
      throw CatalogErrors.badOption(name, text, "one ASCII character, no line end");
    }
    return (byte) text.charAt(0);
  }
}
