/**
 * The {@code tidemill} command. Start with {@link dev.tidemill.shell.Main}, then {@link
 * dev.tidemill.shell.Command}: what the command line says ({@code CommandLine}), who runs it
 * ({@code ScriptRunner}, {@code RunCommand}, {@code Prompt}). Sees of Tidemill only the engine's
 * face, the parser's words and batches. JLine is touched by {@code Prompt} alone, so that a single
 * command starts without it.
 */
@NullMarked
package dev.tidemill.shell;

import org.jspecify.annotations.NullMarked;
