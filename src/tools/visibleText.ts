export { hiddenNote, visibleText } from '../agent/visibleText.ts';
