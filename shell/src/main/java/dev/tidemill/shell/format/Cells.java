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
