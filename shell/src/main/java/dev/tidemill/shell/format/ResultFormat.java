package dev.tidemill.shell.format;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code --format} can be. */
public enum ResultFormat {
  /** A table with lines around it, for people. */
  BOX,
  /** RFC 4180 with a header line. NULL is empty, an empty text is {@code ""}. */
  CSV,
  /**
   * A header line, tabs between; {@code \t}, {@code \n}, {@code \r}, {@code \\} escaped, NULL is
   * {@code \N}.
   */
  TSV,
  /** One array of objects. */
  JSON,
  /** An object per line. */
  JSONL,
  /** A table in Markdown. */
  MARKDOWN,
  /** A line per value. */
  VERTICAL;

  /** The format of a name, or null. */
  public static @Nullable ResultFormat named(String name) {
    for (ResultFormat format : values()) {
      if (format.name().equalsIgnoreCase(name)) {
        return format;
      }
    }
    return null;
  }

  /** As it is written on the command line. */
  public String option() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** A writer of one result. */
  public ResultWriter writer(Appearance appearance) {
    return switch (this) {
      case BOX -> new BoxWriter(appearance);
      case CSV -> new DelimitedWriter(appearance, true);
      case TSV -> new DelimitedWriter(appearance, false);
      case JSON -> new JsonWriter(appearance, true);
      case JSONL -> new JsonWriter(appearance, false);
      case MARKDOWN -> new MarkdownWriter(appearance);
      case VERTICAL -> new VerticalWriter(appearance);
    };
  }
}
