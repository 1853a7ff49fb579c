package dev.tidemill.shell.format;

import java.io.PrintStream;
import java.time.ZoneId;

/**
 * Where a result goes and how it may look there.
 *
 * @param colour whether escape sequences are understood
 * @param mostRows rows a table shows, the rest is counted; {@link #ALL} where nobody watches
 * @param columns of the terminal, {@link #ALL} where it does not matter how wide a line is
 * @param timeZone whose clocks show instants
 * @param live whether rows come without end: what there is is shown at once
 */
public record Appearance(
    PrintStream out, boolean colour, int mostRows, int columns, ZoneId timeZone, boolean live) {
  public static final int ALL = Integer.MAX_VALUE;
}
