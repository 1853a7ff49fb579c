package dev.tidemill.shell.format;

import dev.tidemill.foundation.type.Type;
import java.util.Locale;
import org.jline.utils.WCWidth;

/** What tables for people share. */
final class Cells {
  private Cells() {}

  static boolean isRightAligned(Type type) {
    return type instanceof Type.Int
        || type instanceof Type.Decimal
        || type instanceof Type.Real
        || type instanceof Type.DoubleType;
  }

  /** Places on the screen. */
  static int width(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7e) {
        return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
      }
      width++;
    }
    return width;
  }

  /** Whether part of a value is better than none: never of a number. */
  static boolean mayBeCut(Type type) {
    return switch (type) {
      case Type.Varchar t -> true;
      case Type.Varbinary t -> true;
      case Type.Array t -> true;
      case Type.MapType t -> true;
      case Type.Row t -> true;
      case Type.Bool t -> false;
      case Type.Int t -> false;
      case Type.Decimal t -> false;
      case Type.Real t -> false;
      case Type.DoubleType t -> false;
      case Type.Date t -> false;
      case Type.Time t -> false;
      case Type.Timestamp t -> false;
      case Type.ZonedTimestamp t -> false;
      case Type.MonthInterval t -> false;
      case Type.TimeInterval t -> false;
      case Type.Null t -> false;
    };
  }

  /** At most so many places of the text; its last is an ellipsis where there is more. */
  static String cut(String text, int width) {
    if (width(text) <= width) {
      return text;
    }
    StringBuilder kept = new StringBuilder();
    int left = width - 1;
    for (int at = 0; at < text.length(); ) {
      int character = text.codePointAt(at);
      left -= Math.max(0, WCWidth.wcwidth(character));
      if (left < 0) {
        break;
      }
      kept.appendCodePoint(character);
      at += Character.charCount(character);
    }
    return kept.append('…').toString();
  }

  /**
   * Line breaks, tabs and other control characters as they are written in SQL's escaped strings.
   */
  static String onOneLine(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ') {
        return escaped(text);
      }
    }
    return text;
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case '\t' -> escaped.append("\\t");
        default -> escaped.append(c < ' ' ? '\u00b7' : c);
      }
    }
    return escaped.toString();
  }

  /** A number with its thousands apart. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
