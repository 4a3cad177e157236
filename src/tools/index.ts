/** The tools, in the order in which every request names them: part of the cached prefix, so it never varies. */
import type { Tool } from '../agent/tool.ts';
import { editTool } from './edit.ts';
import { globTool } from './glob.ts';
import { grepTool } from './grep.ts';
import { listTool } from './list.ts';
import { readTool } from './read.ts';
import { writeTool } from './write.ts';

export const tools: readonly Tool[] = [readTool, listTool, globTool, grepTool, editTool, writeTool];

export { toolDefinition } from './toolDefinition.ts';
