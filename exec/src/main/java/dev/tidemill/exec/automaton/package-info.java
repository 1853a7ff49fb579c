/**
 * Regular expressions as automata over UTF-8 bytes, for questions of yes and no: {@link
 * dev.tidemill.exec.automaton.Automaton} answers them in one pass over a text, whatever the
 * pattern. {@link dev.tidemill.exec.automaton.PatternParser} reads what java.util.regex reads alike
 * and says so of anything else, {@link dev.tidemill.exec.automaton.Program} is the automaton of
 * many ways that becomes one of one way as texts are read. Nothing here depends on how expressions
 * are evaluated.
 */
@NullMarked
package dev.tidemill.exec.automaton;

import org.jspecify.annotations.NullMarked;
